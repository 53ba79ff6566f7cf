// The contract: what the host sees of scalars and arrays, and in which order it is checked.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @require(
    %lens: !dev {xpu.name = "lens", xpu.shape = ["B"]}, %limit: !host {xpu.name = "limit", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"},
    %out: !host {xpu.name = "out", xpu.shape = ["B"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0 : i32
  "xpu.require"(%k, %zero) {predicate = "sgt", message = "k"} : (i32, i32) -> ()
  %B = memref.dim %lens, %c0 : !dev
  %host = "xpu.alloc"(%B) : (index) -> !host
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%lens, %host) {blocking} : (!dev, !host) -> ()
  "xpu.require"(%host, %zero) {predicate = "sge", message = "lens, every length"} : (!host, i32) -> ()
  "xpu.require"(%host, %limit) {predicate = "sle", message = "lens, against limit"} : (!host, !host) -> ()
  "xpu.broadcast_mul"(%host, %k, %out) : (!host, i32, !host) -> ()
  return
}
