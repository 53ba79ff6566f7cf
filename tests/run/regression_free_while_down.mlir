// The only users of what comes down stand under conditions that fail: it is waited for before its buffer goes.

func.func @f(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"], xpu.noalias},
    %o: memref<?xi32, "host"> {xpu.name = "o", xpu.shape = ["B"], xpu.noalias},
    %p: memref<?xi32, "host"> {xpu.name = "p", xpu.shape = ["B"], xpu.noalias}, %f: i1 {xpu.name = "f"}, %g: i1 {xpu.name = "g"}) {
  %c0 = arith.constant 0 : index
  %k = arith.constant 5 : i32
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %t = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  %h = "xpu.alloc"(%B) : (index) -> memref<?xi32, "host">
  "xpu.broadcast_add"(%x, %k, %t) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  "xpu.d2h"(%t, %h) : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.wait"() : () -> ()
  scf.if %f {
    "xpu.copy"(%h, %o) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  }
  scf.if %g {
    "xpu.broadcast_add"(%h, %k, %p) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  }
  return
}
