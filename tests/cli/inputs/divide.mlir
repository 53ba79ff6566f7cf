func.func @divide(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B"]}, %y: memref<?xi32, "host"> {xpu.name = "y", xpu.shape = ["B"]}, %i: memref<?xi32, "host"> {xpu.name = "i", xpu.shape = ["B"]},
                  %dx: memref<?xi32, "device"> {xpu.name = "dx", xpu.shape = ["B"]}, %dy: memref<?xi32, "device"> {xpu.name = "dy", xpu.shape = ["B"]},
                  %quotient: memref<?xi32, "device"> {xpu.name = "quotient", xpu.shape = ["B"], xpu.noalias, xpu.output},
                  %rest: memref<?xi32, "host"> {xpu.name = "rest", xpu.shape = ["B"], xpu.noalias, xpu.output}) {
  "xpu.gather"(%y, %i, %rest) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_mod"(%x, %rest, %rest) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_floordiv"(%dx, %dy, %quotient) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
