//@ until: verify
// A wait has no operands; other attributes may stand on it, as on any op.

func.func @wait() {
  "xpu.wait"() : () -> ()
  "xpu.wait"() {xpu.shape = ["B"], note = "after the last transfer"} : () -> ()
  return
}
