// A kernel with barriers and shared memory, as lowering makes them: prefix sums by the cores of one cluster. Each
// core sums its run of x, core 0 the runs, and each core then writes the prefix sums of its run.

func.func @prefix_sum(
    %x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["N"]},
    %flag: i1 {xpu.name = "flag"},
    %out: memref<?xi32, "device"> {xpu.name = "out", xpu.shape = ["N"], xpu.output}) {
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @prefix_sum_kernel(%cluster, %core, %flag, %x, %out)
        : (index, index, i1, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
    vector.yield
  }) {clusters = 2 : i64, cores = 4 : i64} : () -> ()
  return
}

// The first cluster does the work; with the flag, core 3 of the other does not come to the second barrier.
func.func @prefix_sum_kernel(%cluster: index, %core: index, %flag: i1, %x: memref<?xi32, "device">,
                             %out: memref<?xi32, "device">) attributes {xpu.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0 : i32
  %sums = "xpu.alloc"(%c4) : (index) -> memref<?xi32, "shared">
  %starts = "xpu.alloc"() : () -> memref<4xi32, "shared">
  %n = memref.dim %x, %c0 : memref<?xi32, "device">
  %run = arith.ceildivui %n, %c4 : index
  %first = arith.muli %run, %core : index
  %after = arith.addi %first, %run : index
  %begin = arith.minui %first, %n : index
  %end = arith.minui %after, %n : index
  %works = arith.cmpi eq, %cluster, %c0 : index
  %size = arith.select %works, %end, %begin : index
  %sum = scf.for %i = %begin to %size step %c1 iter_args(%s = %zero) -> i32 {
    %v = memref.load %x[%i] : memref<?xi32, "device">
    %next = arith.addi %s, %v : i32
    scf.yield %next : i32
  }
  memref.store %sum, %sums[%core] : memref<?xi32, "shared">
  "xpu.barrier"() : () -> ()
  %leads = arith.cmpi eq, %core, %c0 : index
  scf.if %leads {
    %total = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %zero) -> i32 {
      memref.store %s, %starts[%i] : memref<4xi32, "shared">
      %v = memref.load %sums[%i] : memref<?xi32, "shared">
      %next = arith.addi %s, %v : i32
      scf.yield %next : i32
    }
  }
  %idle = arith.cmpi eq, %core, %c3 : index
  %other = arith.cmpi ne, %cluster, %c0 : index
  %odd = arith.andi %idle, %other : i1
  %skips = arith.andi %odd, %flag : i1
  %start = scf.if %skips -> i32 {
    scf.yield %zero : i32
  } else {
    "xpu.barrier"() : () -> ()
    %v = memref.load %starts[%core] : memref<4xi32, "shared">
    scf.yield %v : i32
  }
  %last = scf.for %i = %begin to %size step %c1 iter_args(%s = %start) -> i32 {
    %v = memref.load %x[%i] : memref<?xi32, "device">
    %next = arith.addi %s, %v : i32
    memref.store %next, %out[%i] : memref<?xi32, "device">
    scf.yield %next : i32
  }
  return
}
