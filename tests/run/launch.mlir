// A launch as its author wrote it may use every buffer: what is read before and after it stays before and after.

!dev = memref<?xi32, "device">
!host = memref<?xi32, "host">

func.func @doubled(
    %x: !dev {xpu.name = "x", xpu.shape = ["N"], xpu.noalias}, %k: i32 {xpu.name = "k"},
    %before: !host {xpu.name = "before", xpu.shape = ["N"], xpu.noalias, xpu.output},
    %after: !host {xpu.name = "after", xpu.shape = ["N"], xpu.noalias, xpu.output},
    %moved: !host {xpu.name = "moved", xpu.shape = ["N"], xpu.noalias, xpu.output}) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : !dev
  %own = "xpu.alloc"(%n) : (index) -> !dev
  "xpu.broadcast_add"(%x, %k, %own) : (!dev, i32, !dev) -> ()
  "xpu.d2h"(%x, %before) : (!dev, !host) -> ()
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @double_kernel(%cluster, %core, %x) : (index, index, !dev) -> ()
    vector.yield
  }) {clusters = 2 : i64, cores = 3 : i64} : () -> ()
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @double_kernel(%cluster, %core, %own) : (index, index, !dev) -> ()
    vector.yield
  }) {clusters = 1 : i64, cores = 4 : i64} : () -> ()
  "xpu.d2h"(%own, %moved) : (!dev, !host) -> ()
  "xpu.wait"() : () -> ()
  "xpu.d2h"(%x, %after) {blocking} : (!dev, !host) -> ()
  return
}

func.func @double_kernel(%cluster: index, %core: index, %x: !dev) attributes {xpu.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : !dev
  %is_first = arith.cmpi eq, %cluster, %c0 : index
  %leads = arith.cmpi eq, %core, %c0 : index
  %works = arith.andi %is_first, %leads : i1
  %end = arith.select %works, %n, %c0 : index
  scf.for %i = %c0 to %end step %c1 {
    %v = memref.load %x[%i] : !dev
    %w = arith.addi %v, %v : i32
    memref.store %w, %x[%i] : !dev
  }
  return
}
