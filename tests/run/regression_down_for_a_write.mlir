// `o` held `x2` itself: what came down so that the host could compute the value was taken for the value.
func.func @f(%x0: memref<?xi32, "device"> {xpu.name = "x0", xpu.shape = ["B"], xpu.noalias},
             %x2: memref<?xi32, "device"> {xpu.name = "x2", xpu.shape = ["B"], xpu.noalias},
             %h: memref<?xi32, "host"> {xpu.name = "h", xpu.shape = ["B"], xpu.noalias},
             %o: memref<?xi32, "device"> {xpu.name = "o", xpu.shape = ["B"], xpu.noalias, xpu.output},
             %c: i1 {xpu.name = "c"}) {
  "xpu.wait"() : () -> ()
  "xpu.cumsum"(%x2, %o) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  scf.if %c {
    "xpu.d2h"(%x0, %h) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
    "xpu.h2d"(%h, %o) {blocking} : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  }
  return
}
