// A kernel with barriers takes what any kernel takes: slices, arrays of more dimensions, scalars of each type, and the
// ids more than once. Clusters have shared memory of their own, of sizes of their own.

!flat = memref<?xi32, "device">
!slice = memref<?xi32, strided<[1], offset: ?>, "device">
!rows = memref<?x3xi64, "device">

func.func @arguments(
    %x: !flat {xpu.name = "x", xpu.shape = ["N"]}, %big: i64 {xpu.name = "big"}, %k: i32 {xpu.name = "k"}, %flag: i1 {xpu.name = "flag"},
    %out: !rows {xpu.name = "out", xpu.shape = ["N", "3"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %x, %c0 : !flat
  %some = arith.cmpi ugt, %n, %c0 : index
  %offset = arith.select %some, %c1, %c0 : index
  %rest = arith.subi %n, %offset : index
  %tail = memref.subview %x[%offset] [%rest] [1] : !flat to !slice
  // More than 32 bits.
  %c33 = arith.constant 33 : i64
  %shifted = arith.shli %big, %c33 : i64
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @arguments_kernel(%cluster, %core, %tail, %n, %shifted, %k, %flag, %core, %out)
        : (index, index, !slice, index, i64, i32, i1, index, !rows) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

// Cluster c has the rows c, c + 12, ...: core 0 puts their elements of x into shared memory, core i writes row i of them.
func.func @arguments_kernel(%cluster: index, %core: index, %tail: !slice, %n: index, %big: i64, %k: i32, %flag: i1, %again: index,
                            %out: !rows) attributes {xpu.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c12 = arith.constant 12 : index
  %first = arith.minui %cluster, %n : index
  %left = arith.subi %n, %first : index
  %mine = arith.ceildivui %left, %c12 : index
  %rows = "xpu.alloc"(%mine) : (index) -> memref<?xi64, "shared">
  %leads = arith.cmpi eq, %again, %c0 : index
  scf.if %leads {
    scf.for %i = %c0 to %mine step %c1 {
      %scaled = arith.muli %i, %c12 : index
      %row = arith.addi %scaled, %cluster : index
      %is_first = arith.cmpi eq, %row, %c0 : index
      %v = scf.if %is_first -> i32 {
        scf.yield %k : i32
      } else {
        %before = arith.subi %row, %c1 : index
        %x = memref.load %tail[%before] : !slice
        scf.yield %x : i32
      }
      %wide = arith.extsi %v : i32 to i64
      memref.store %wide, %rows[%i] : memref<?xi64, "shared">
    }
  }
  "xpu.barrier"() : () -> ()
  %works = arith.cmpi ult, %core, %mine : index
  scf.if %works {
    %scaled = arith.muli %core, %c12 : index
    %row = arith.addi %scaled, %cluster : index
    %v = memref.load %rows[%core] : memref<?xi64, "shared">
    memref.store %v, %out[%row, %c0] : !rows
    %c33 = arith.constant 33 : i64
    %shifted = arith.shrsi %big, %c33 : i64
    memref.store %shifted, %out[%row, %c1] : !rows
    %bit = arith.extui %flag : i1 to i64
    memref.store %bit, %out[%row, %c2] : !rows
  }
  return
}
