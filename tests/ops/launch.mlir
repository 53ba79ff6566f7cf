//@ until: verify
// One kernel on a grid of clusters and cores.

// The kernel comes before or after its launch.
func.func @fill(%n: i32, %flag: i1, %big: i64, %size: index, %out: memref<?xi32, strided<[1], offset: ?>, "device">) {
  %args = builtin.unrealized_conversion_cast %n, %flag, %big, %size, %out
      : i32, i1, i64, index, memref<?xi32, strided<[1], offset: ?>, "device"> to !xpu.args
  "xpu.launch"(%args) {kernel = @fill_kernel, clusters = 12 : i64, cores = 64 : i64} : (!xpu.args) -> ()
  return
}

func.func @fill_kernel(%cluster: index, %core: index, %n: i32, %flag: i1, %big: i64, %size: index,
                       %out: memref<?xi32, strided<[1], offset: ?>, "device">) attributes {xpu.kernel} {
  memref.store %n, %out[%core] : memref<?xi32, strided<[1], offset: ?>, "device">
  return
}

// -----

// A kernel without operands of its own.
func.func @nothing(%cluster: index, %core: index) attributes {xpu.kernel} {
  return
}

func.func @launch() {
  %args = builtin.unrealized_conversion_cast to !xpu.args
  "xpu.launch"(%args) {kernel = @nothing, clusters = 1 : i64, cores = 1 : i64} : (!xpu.args) -> ()
  return
}
