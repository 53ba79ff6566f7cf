// What a kernel has found of clauses on device values, said by the host: the first clause with its number, whatever
// the later ones are.

!v = memref<6xi32, "host">

func.func @enforce(%verdict: !v {xpu.name = "verdict", xpu.shape = ["6"]}, %out: !v {xpu.name = "out", xpu.shape = ["6"], xpu.output}) {
  "xpu.enforce"(%verdict) {clause = 0 : i64, predicate = "sge", message = "seq_lens_encoder"} : (!v) -> ()
  "xpu.enforce"(%verdict) {clause = 1 : i64, predicate = "slt", message = "row"} : (!v) -> ()
  "xpu.copy"(%verdict, %out) : (!v, !v) -> ()
  return
}
