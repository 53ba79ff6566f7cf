//@ passes: raise
// Shapes of mistakes in in-place and fusion passes elsewhere. Here it is decided which content each op sees.

// llvm-project 213241: the destination is read again later. %y is overwritten, and its old content added to the new.
func.func @later_reader(%x: memref<?xi32, "host"> {xpu.noalias}, %y: memref<?xi32, "host"> {xpu.noalias}, %n: index, %out: memref<?xi32, "host"> {xpu.noalias}) {
  %c1 = arith.constant 1 : i32
  %old = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%y, %old) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.broadcast_add"(%x, %c1, %y) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  "xpu.broadcast_add"(%old, %y, %out) : (memref<?xi32, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// llvm-project 90019, 97209: a gather whose destination is the index buffer may work in place.
func.func @gather_into_index(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">) {
  "xpu.gather"(%table, %index, %index) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// One whose destination is the table may not: an element may be read late.
func.func @gather_into_table(%table: memref<?xi32, "device">, %index: memref<?xi32, "device">, %n: index) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.gather"(%table, %index, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%tmp, %table) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// llvm-project 58293: the source of a copy is written between the copy and the use of it.
func.func @source_written(%x: memref<?xi32, "host">, %n: index, %out: memref<?xi32, "host">) {
  %c7 = arith.constant 7 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %tmp) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %x) : (i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// llvm-project 217538: table and destination are parts of one buffer, and the destination is used as table then: it is
// the whole that both are read from.
func.func @slices_of_one(%n: index, %buffer: memref<?xi32, "host">, %index: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %table = memref.subview %buffer[0] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1]>, "host">
  %next = memref.subview %buffer[1] [%n] [1] : memref<?xi32, "host"> to memref<?xi32, strided<[1], offset: 1>, "host">
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.gather"(%table, %index, %tmp) : (memref<?xi32, strided<[1]>, "host">, memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.copy"(%tmp, %next) : (memref<?xi32, "host">, memref<?xi32, strided<[1], offset: 1>, "host">) -> ()
  "xpu.copy"(%table, %out) : (memref<?xi32, strided<[1]>, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// PyTorch 198260, 198031: add(x, gather(x, i)) -> x reads what it changes.
func.func @reads_what_it_changes(%x: memref<?xi32, "device">, %index: memref<?xi32, "device">, %n: index) {
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.gather"(%x, %index, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.broadcast_add"(%x, %tmp, %x) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// PyTorch 197432, 184543: the destination is a view of the caller's buffer: written there, and nowhere else.
func.func @view_of_argument(%x: memref<?xi32, "device">, %n: index, %out: memref<?x?xi32, "device">) {
  %flat = memref.collapse_shape %out [[0, 1]] : memref<?x?xi32, "device"> into memref<?xi32, "device">
  %front = memref.subview %flat[0] [%n] [1] : memref<?xi32, "device"> to memref<?xi32, strided<[1]>, "device">
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  "xpu.copy"(%tmp, %front) : (memref<?xi32, "device">, memref<?xi32, strided<[1]>, "device">) -> ()
  return
}

// -----

// openxla/xla 49176: a slot mapping over the lod that it still reads.
func.func @slots_over_lod(%table: memref<?xi32, "device">, %lod: memref<?xi32, "device">, %start: memref<?xi32, "device">, %map: memref<?xi32, "device">, %columns: i32, %bs: i32, %n: index) {
  %pad = arith.constant -1 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "device">
  "xpu.slot_mapping"(%table, %lod, %start, %map, %columns, %bs, %pad, %tmp) : (memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, memref<?xi32, "device">, i32, i32, i32, memref<?xi32, "device">) -> ()
  "xpu.copy"(%tmp, %lod) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// tt-mlir 5902: a reader of the buffer stays after the write, although nothing but memory links them.
func.func @reader_after_write(%x: memref<?xi32, "host">, %y: memref<?xi32, "host">, %out: memref<?xi32, "host">) {
  %c7 = arith.constant 7 : i32
  "xpu.constant"(%c7, %x) : (i32, memref<?xi32, "host">) -> ()
  "xpu.copy"(%y, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// tt-mlir 4107: a fill that a later write changes is no constant.
func.func @fill_changes(%k: i32, %i: index, %n: index, %out: memref<?xi32, "host">, %sum: memref<1xi32, "host"> {xpu.noalias}) {
  %c7 = arith.constant 7 : i32
  %tmp = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.constant"(%c7, %tmp) : (i32, memref<?xi32, "host">) -> ()
  memref.store %k, %tmp[%i] : memref<?xi32, "host">
  "xpu.reduce_sum"(%tmp, %sum) : (memref<?xi32, "host">, memref<1xi32, "host">) -> ()
  "xpu.copy"(%tmp, %out) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  return
}

// -----

// tt-mlir 7635: an op that writes in place, which we do not know, is not pure: no call goes, none moves.
func.func private @update_cache(memref<?xi32, "device">)
func.func @unknown_update(%cache: memref<?xi32, "device">, %before: memref<?xi32, "device"> {xpu.noalias}, %after: memref<?xi32, "device"> {xpu.noalias}) {
  "xpu.copy"(%cache, %before) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  func.call @update_cache(%cache) : (memref<?xi32, "device">) -> ()
  func.call @update_cache(%cache) : (memref<?xi32, "device">) -> ()
  "xpu.copy"(%cache, %after) : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// vllm-ascend 8435: two writes to one buffer stay in order; so do two to buffers that may be one.
func.func @two_writes(%x: memref<?xi32, "host">, %a: memref<?xi32, "host">, %b: memref<?xi32, "host">) {
  %c7 = arith.constant 7 : i32
  "xpu.cumsum"(%x, %a) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %b) : (i32, memref<?xi32, "host">) -> ()
  "xpu.constant"(%c7, %a) : (i32, memref<?xi32, "host">) -> ()
  return
}

// -----

// TensorRT-LLM nvbug 6293536: a host staging buffer that is used again. Each transfer has the content of its time.
func.func @staging(%x: memref<?xi32, "host">, %n: index, %a: memref<?xi32, "device">, %b: memref<?xi32, "device">) {
  %c7 = arith.constant 7 : i32
  %staging = "xpu.alloc"(%n) : (index) -> memref<?xi32, "host">
  "xpu.copy"(%x, %staging) : (memref<?xi32, "host">, memref<?xi32, "host">) -> ()
  "xpu.h2d"(%staging, %a) : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  "xpu.broadcast_add"(%staging, %c7, %staging) : (memref<?xi32, "host">, i32, memref<?xi32, "host">) -> ()
  "xpu.h2d"(%staging, %b) : (memref<?xi32, "host">, memref<?xi32, "device">) -> ()
  "xpu.wait"() : () -> ()
  return
}
