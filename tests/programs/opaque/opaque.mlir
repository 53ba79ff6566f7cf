// A program that there is nothing to gain in: each thing that looks like a waste is needed, and the commands come out
// as they went in, in the same order.
//
// * `x` and `y` may be the same array: neither is marked xpu.noalias.
// * Between the two transfers of `x` stands a loop that no pass looks into. It changes `y`, hence perhaps `x`: what was
//   transferred before is not what is transferred after, and the copy of the old content has to be made before.
// * The caller may have work on the stream, so a transfer that does not keep its order waits before it writes memory of
//   the caller.
// * `old` is wanted as it is, so the running sum may not take its place.
// * Another such loop stands between the kernels and the fill: nothing that touches memory moves across it.
//
// Commands of one call: 1 host copy, 2 host-to-device copies, 2 launches, 1 fill, 3 waits,
// 1 device-to-host copy.

!dev  = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @opaque(
    %x: !host {xpu.name = "x", xpu.shape = ["B"]},
    %y: !host {xpu.name = "y", xpu.shape = ["B"]},
    %index: !dev {xpu.name = "index", xpu.shape = ["B"], xpu.noalias},
    %before: !host {xpu.name = "before", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %old: !dev {xpu.name = "old", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %new: !dev {xpu.name = "new", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %sums: !dev {xpu.name = "sums", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %picked: !dev {xpu.name = "picked", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %rest: !dev {xpu.name = "rest", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %back: !host {xpu.name = "back", xpu.shape = ["B"], xpu.noalias, xpu.output}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %pad = arith.constant -1 : i32
  %B = memref.dim %x, %c0 : !host
  "xpu.copy"(%x, %before) : (!host, !host) -> ()
  "xpu.wait"() : () -> ()
  "xpu.h2d"(%x, %old) {blocking} : (!host, !dev) -> ()
  "xpu.cumsum"(%old, %sums) : (!dev, !dev) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %v = memref.load %y[%i] : !host
    %w = arith.addi %v, %v : i32
    memref.store %w, %y[%i] : !host
  }
  "xpu.wait"() : () -> ()
  "xpu.h2d"(%x, %new) {blocking} : (!host, !dev) -> ()
  "xpu.gather"(%sums, %index, %picked) : (!dev, !dev, !dev) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %v = memref.load %y[%i] : !host
    %w = arith.addi %v, %v : i32
    memref.store %w, %y[%i] : !host
  }
  "xpu.constant"(%pad, %rest) : (i32, !dev) -> ()
  "xpu.d2h"(%picked, %back) : (!dev, !host) -> ()
  "xpu.wait"() : () -> ()
  return
}
