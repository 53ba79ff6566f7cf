// A program that there is nothing to gain in: each thing that looks like a waste is needed, and the commands come out
// as they went in, in the same order.
//
// * `x` and `y` may be the same array: neither is marked xpu.noalias. Each loop changes `y`, hence perhaps `x`, so the
//   two copies of `x` have different contents, and the first has to be made before the first loop.
// * No pass looks into the loops. They read and write all memory: nothing that touches memory moves across them, so the
//   running sum and the gather from it are two launches, and what comes down does so after the second loop.
// * `lens` is read again by the gather, so the running sum may not take its place.
//
// Commands of one call: 2 host copies, 2 launches, 1 device-to-host copy, 1 wait.

!dev  = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @opaque(
    %x: !host {xpu.name = "x", xpu.shape = ["B"]},
    %y: !host {xpu.name = "y", xpu.shape = ["B"]},
    %lens: !dev {xpu.name = "lens", xpu.shape = ["B"], xpu.noalias},
    %before: !host {xpu.name = "before", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %after: !host {xpu.name = "after", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %sums: !dev {xpu.name = "sums", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %picked: !dev {xpu.name = "picked", xpu.shape = ["B"], xpu.noalias, xpu.output},
    %back: !host {xpu.name = "back", xpu.shape = ["B"], xpu.noalias, xpu.output}
) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : !host
  "xpu.copy"(%x, %before) : (!host, !host) -> ()
  "xpu.cumsum"(%lens, %sums) : (!dev, !dev) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %v = memref.load %y[%i] : !host
    %w = arith.addi %v, %v : i32
    memref.store %w, %y[%i] : !host
  }
  "xpu.copy"(%x, %after) : (!host, !host) -> ()
  "xpu.gather"(%sums, %lens, %picked) : (!dev, !dev, !dev) -> ()
  scf.for %i = %c0 to %B step %c1 {
    %v = memref.load %y[%i] : !host
    %w = arith.addi %v, %v : i32
    memref.store %w, %y[%i] : !host
  }
  "xpu.d2h"(%picked, %back) : (!dev, !host) -> ()
  "xpu.wait"() : () -> ()
  return
}
