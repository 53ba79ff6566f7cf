//@ until: verify
// One kernel on a grid of clusters and cores.

// The kernel comes before or after its launch.
func.func @fill(%n: i32, %flag: i1, %big: i64, %size: index, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @fill_kernel(%cluster, %core, %n, %flag, %big, %size, %out)
        : (index, index, i32, i1, i64, index, memref<?xi32, strided<[1], offset: ?>, "device">) -> ()
    vector.yield
  }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
  return
}

func.func @fill_kernel(%cluster: index, %core: index, %n: i32, %flag: i1, %big: i64, %size: index,
                       %out: memref<?xi32, strided<[1], offset: ?>, "device">) attributes {xpu.kernel} {
  memref.store %n, %out[%core] : memref<?xi32, strided<[1], offset: ?>, "device">
  return
}

// -----

// A kernel that uses nothing from outside.
func.func @nothing(%cluster: index, %core: index) attributes {xpu.kernel} {
  return
}

func.func @launch() {
  "xpu.launch"() ({
  ^bb0(%cluster: index, %core: index):
    func.call @nothing(%cluster, %core) : (index, index) -> ()
    vector.yield
  }) {clusters = 1 : i64, cores = 1 : i64} : () -> ()
  return
}

// -----

// One kernel, launched twice, under a condition.
func.func private @step(index, index, memref<?xi32, "device">) attributes {xpu.kernel}

func.func @twice(%flag: i1, %x: memref<?xi32, "device">, %y: memref<?xi32, "device">) {
  scf.if %flag {
    "xpu.launch"() ({
    ^bb0(%cluster: index, %core: index):
      func.call @step(%cluster, %core, %x) : (index, index, memref<?xi32, "device">) -> ()
      vector.yield
    }) {clusters = 12 : i64, cores = 64 : i64} : () -> ()
    "xpu.launch"() ({
    ^bb0(%cluster: index, %core: index):
      func.call @step(%cluster, %core, %y) : (index, index, memref<?xi32, "device">) -> ()
      vector.yield
    }) {clusters = 1 : i64, cores = 1 : i64} : () -> ()
  }
  return
}
