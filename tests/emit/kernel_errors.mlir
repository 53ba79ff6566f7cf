//@ until: lower
//@ target: kunlun3
//@ show: sources

// A core of XPU3 divides no numbers of 64 bits.
func.func @wide_division(
    %x: memref<?xi64, "device"> {xpu.name = "x", xpu.shape = ["T"]},
    %y: i64 {xpu.name = "y"},
    %z: memref<?xi64, "device"> {xpu.name = "z", xpu.shape = ["T"], xpu.noalias, xpu.output}
) {
  // expected-error @below {{expected operands of 32 bits, found 64}}
  "xpu.broadcast_floordiv"(%x, %y, %z) : (memref<?xi64, "device">, i64, memref<?xi64, "device">) -> ()
  return
}

// -----

// What a caller hands over is not a result of the op's own.
func.func @returned_argument(
    %x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["T"]}
) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["T"]}) {
  // expected-error @below {{expected each result to be a buffer of its own}}
  return %x : memref<?xi32, "device">
}
