//@ passes: lower
// On the host every op is a loop, an element at a time.

// Arithmetic, a scalar on the right.
func.func @arithmetic(%x: memref<?xi32, "host">, %k: i32, %out: memref<?xi32, "host">) {
  "xpu.broadcast_mod"(%x, %k, %out) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// A row and a column: the dim of size 1 is read at 0.
func.func @stretch(%x: memref<?x1xi32, "host">, %y: memref<1x4xi32, "host">, %out: memref<?x4xi32, "host">) {
  "xpu.broadcast_add"(%x, %y, %out) : (memref<?x1xi32, "host">, memref<1x4xi32, "host">, memref<?x4xi32, "host">) -> ()
  return
}

// -----

func.func @range(%begin: i32, %step: i32, %out: memref<?xi32, "host">) {
  "xpu.range"(%begin, %step, %out) : (i32, i32, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @compare_select(%x: memref<?xi32, "host">, %k: i32, %mask: memref<?xi1, "host">, %out: memref<?xi32, "host">) {
  "xpu.compare"(%x, %k, %mask) {predicate = "sle"} : (memref<?xi32, "host">, i32, memref<?xi1, "host">) -> ()
  "xpu.select"(%mask, %x, %k, %out) : (memref<?xi1, "host">, memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  return
}

// -----

func.func @gather(%table: memref<?xi64, "host">, %index: memref<?xi32, "host">, %out: memref<?xi64, "host">) {
  "xpu.gather"(%table, %index, %out) : (memref<?xi64, "host">, memref<?xi32, "host">, memref<?xi64, "host">) -> ()
  return
}

// -----

// The running sum, and the lod.
func.func @cumsum(%x: memref<?xi32, "host">, %sums: memref<?xi32, "host">, %lod: memref<?xi32, "host">) {
  "xpu.cumsum"(%x, %sums) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.cumsum"(%x, %lod) {exclusive} : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A sum that widens; the maximum starts at the least integer.
func.func @reduce(%x: memref<?xi32, "host">, %sum: memref<1xi64, "host">, %max: memref<1xi32, "host">) {
  "xpu.reduce_sum"(%x, %sum) : (memref<?xi32, "host">, memref<1xi64, "host">) -> ()
  "xpu.reduce_max"(%x, %max) : (memref<?xi32, "host">, memref<1xi32, "host">) -> ()
  return
}

// -----

// What is kept comes first, zeros behind it.
func.func @compact(%x: memref<?xi32, "host">, %mask: memref<?xi1, "host">, %out: memref<?xi32, "host">) {
  "xpu.compact"(%x, %mask, %out) : (memref<?xi32, "host">, memref<?xi1, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// A run of tokens for each row.
func.func @expand(%lod: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  "xpu.expand"(%lod, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}
