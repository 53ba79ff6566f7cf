//@ passes: lower
// What is a command already stays as it is.

func.func @commands(%k: i32, %n: index, %x: memref<?xi32, "device">, %host: memref<?xi32, "host">) {
  "xpu.require"(%k, %k) {predicate = "sle", message = "k"} : (i32, i32) -> ()
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.copy"(%x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%tmp, %host) {blocking} : (memref<?xi32, "device">, memref<?xi32, "host">) -> ()
  "xpu.h2d"(%host, %tmp) : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.free"(%tmp) : (memref<?xi32, "device">) -> ()
  return
}

// -----

// A constant on the device is a fill, a constant on the host a loop.
func.func @constants(%k: i32, %device: memref<?xi32, "device">, %host: memref<?xi32, "host">) {
  "xpu.constant"(%k, %device) : (i32, memref<?xi32, "device">) -> ()
  "xpu.constant"(%k, %host) : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// Upstream ops stay, with ours in their regions lowered.
func.func @regions(%c: i1, %n: index, %x: memref<?xi32, "host">) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.if %c {
    scf.for %i = %c0 to %n step %c1 {
      "xpu.cumsum"(%x, %x) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
    }
  }
  return
}
