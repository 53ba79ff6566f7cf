// The `xpu` dialect, loaded at run time (`mlirLoadIRDLDialects`, `mlir-opt --irdl-file`).
// SPEC.md says what the ops mean; this file says what IRDL can hold of it: counts, kinds, attributes.
// Element types, spaces, ranks, dims and "exactly one of out and result" are checked in Rust.
//
// Two facts of IRDL shape it:
// * A constraint variable, also one inside `any_of`, takes one type per op: sharing it means equal
//   types. So each position has its own, named after it: `%table_m` is the table as a memref. That holds
//   within a variadic group too, so operands of mixed types cannot be listed: `fusion` and `launch` have
//   none, their bodies use values from outside.
// * An op defined here cannot be a terminator, so these bodies end in upstream's `vector.yield`.
// Attributes listed here are required; `blocking` and `exclusive` are optional, hence not listed.
irdl.dialect @xpu {
  // ---- Compute. `out`: buffer form. `result`: value form. `size_or_out`: the out memref, or the result's size.

  // One index per dynamic dim of the result, or one memref.
  irdl.operation @constant {
    %value_i1 = irdl.is i1
    %value_i32 = irdl.is i32
    %value_i64 = irdl.is i64
    %value = irdl.any_of(%value_i1, %value_i32, %value_i64)
    %sizes_or_out_index = irdl.is index
    %sizes_or_out_m = irdl.base "!builtin.memref"
    %sizes_or_out = irdl.any_of(%sizes_or_out_index, %sizes_or_out_m)
    %result = irdl.base "!builtin.tensor"
    irdl.operands(value: %value, sizes_or_out: variadic %sizes_or_out)
    irdl.results(result: optional %result)
  }

  irdl.operation @range {
    %begin = irdl.is i32
    %step = irdl.is i32
    %size_or_out_index = irdl.is index
    %size_or_out_m = irdl.base "!builtin.memref"
    %size_or_out = irdl.any_of(%size_or_out_index, %size_or_out_m)
    %result = irdl.base "!builtin.tensor"
    irdl.operands(begin: %begin, step: %step, size_or_out: %size_or_out)
    irdl.results(result: optional %result)
  }

  // Buffer form only.
  irdl.operation @copy {
    %src = irdl.base "!builtin.memref"
    %out = irdl.base "!builtin.memref"
    irdl.operands(src: %src, out: %out)
  }

  irdl.operation @gather {
    %table_m = irdl.base "!builtin.memref"
    %table_t = irdl.base "!builtin.tensor"
    %table = irdl.any_of(%table_m, %table_t)
    %index_m = irdl.base "!builtin.memref"
    %index_t = irdl.base "!builtin.tensor"
    %index = irdl.any_of(%index_m, %index_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(table: %table, index: %index, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_add {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_sub {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_mul {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_floordiv {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_mod {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_min {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @broadcast_max {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  // The spelling of `predicate` is checked in Rust: IRDL's message would not name the choices.
  irdl.operation @compare {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    %predicate = irdl.base "#builtin.string"
    irdl.operands(x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
    irdl.attributes { "predicate" = %predicate }
  }

  irdl.operation @select {
    %mask_m = irdl.base "!builtin.memref"
    %mask_t = irdl.base "!builtin.tensor"
    %mask = irdl.any_of(%mask_m, %mask_t)
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i1 = irdl.is i1
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x = irdl.any_of(%x_m, %x_t, %x_i1, %x_i32, %x_i64)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i1 = irdl.is i1
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y = irdl.any_of(%y_m, %y_t, %y_i1, %y_i32, %y_i64)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(mask: %mask, x: %x, y: %y, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @cumsum {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x = irdl.any_of(%x_m, %x_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @reduce_sum {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x = irdl.any_of(%x_m, %x_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @reduce_max {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x = irdl.any_of(%x_m, %x_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @compact {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x = irdl.any_of(%x_m, %x_t)
    %mask_m = irdl.base "!builtin.memref"
    %mask_t = irdl.base "!builtin.tensor"
    %mask = irdl.any_of(%mask_m, %mask_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(x: %x, mask: %mask, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @expand {
    %lod_m = irdl.base "!builtin.memref"
    %lod_t = irdl.base "!builtin.tensor"
    %lod = irdl.any_of(%lod_m, %lod_t)
    %size_or_out_index = irdl.is index
    %size_or_out_m = irdl.base "!builtin.memref"
    %size_or_out = irdl.any_of(%size_or_out_index, %size_or_out_m)
    %result = irdl.base "!builtin.tensor"
    irdl.operands(lod: %lod, size_or_out: %size_or_out)
    irdl.results(result: optional %result)
  }

  irdl.operation @slot_mapping {
    %table_m = irdl.base "!builtin.memref"
    %table_t = irdl.base "!builtin.tensor"
    %table = irdl.any_of(%table_m, %table_t)
    %lod_m = irdl.base "!builtin.memref"
    %lod_t = irdl.base "!builtin.tensor"
    %lod = irdl.any_of(%lod_m, %lod_t)
    %start_m = irdl.base "!builtin.memref"
    %start_t = irdl.base "!builtin.tensor"
    %start = irdl.any_of(%start_m, %start_t)
    %batch_map_m = irdl.base "!builtin.memref"
    %batch_map_t = irdl.base "!builtin.tensor"
    %batch_map = irdl.any_of(%batch_map_m, %batch_map_t)
    %columns = irdl.is i32
    %block_size = irdl.is i32
    %pad = irdl.is i32
    %size_or_out_index = irdl.is index
    %size_or_out_m = irdl.base "!builtin.memref"
    %size_or_out = irdl.any_of(%size_or_out_index, %size_or_out_m)
    %result = irdl.base "!builtin.tensor"
    irdl.operands(table: %table, lod: %lod, start: %start, batch_map: %batch_map, columns: %columns, block_size: %block_size, pad: %pad, size_or_out: %size_or_out)
    irdl.results(result: optional %result)
  }

  // ---- Commands.

  irdl.operation @h2d {
    %src_m = irdl.base "!builtin.memref"
    %src_t = irdl.base "!builtin.tensor"
    %src = irdl.any_of(%src_m, %src_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(src: %src, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @d2h {
    %src_m = irdl.base "!builtin.memref"
    %src_t = irdl.base "!builtin.tensor"
    %src = irdl.any_of(%src_m, %src_t)
    %out = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(src: %src, out: optional %out)
    irdl.results(result: optional %result)
  }

  irdl.operation @wait {
  }

  irdl.operation @alloc {
    %sizes = irdl.is index
    %result = irdl.base "!builtin.memref"
    irdl.operands(sizes: variadic %sizes)
    irdl.results(result: %result)
  }

  irdl.operation @free {
    %buffer = irdl.base "!builtin.memref"
    irdl.operands(buffer: %buffer)
  }

  irdl.operation @require {
    %x_m = irdl.base "!builtin.memref"
    %x_t = irdl.base "!builtin.tensor"
    %x_i32 = irdl.is i32
    %x_i64 = irdl.is i64
    %x_index = irdl.is index
    %x = irdl.any_of(%x_m, %x_t, %x_i32, %x_i64, %x_index)
    %y_m = irdl.base "!builtin.memref"
    %y_t = irdl.base "!builtin.tensor"
    %y_i32 = irdl.is i32
    %y_i64 = irdl.is i64
    %y_index = irdl.is index
    %y = irdl.any_of(%y_m, %y_t, %y_i32, %y_i64, %y_index)
    %predicate = irdl.base "#builtin.string"
    %message = irdl.base "#builtin.string"
    irdl.operands(x: %x, y: %y)
    irdl.attributes { "predicate" = %predicate, "message" = %message }
  }

  irdl.operation @verdict {
    %result = irdl.base "!builtin.tensor"
    irdl.results(result: %result)
  }

  irdl.operation @enforce {
    %verdict_m = irdl.base "!builtin.memref"
    %verdict_t = irdl.base "!builtin.tensor"
    %verdict = irdl.any_of(%verdict_m, %verdict_t)
    %clause = irdl.base "#builtin.integer"
    %predicate = irdl.base "#builtin.string"
    %message = irdl.base "#builtin.string"
    irdl.operands(verdict: %verdict)
    irdl.attributes { "clause" = %clause, "predicate" = %predicate, "message" = %message }
  }

  // ---- Declarations, beside the functions of a module.

  // What the dictionaries in the lists hold is checked in Rust.
  irdl.operation @signature {
    %function = irdl.base "#builtin.string"
    %inputs = irdl.base "#builtin.array"
    %outputs = irdl.base "#builtin.array"
    %attributes = irdl.base "#builtin.array"
    irdl.attributes { "function" = %function, "inputs" = %inputs, "outputs" = %outputs, "attributes" = %attributes }
  }

  // ---- Between buffers and values: value form only, in program order.

  irdl.operation @read {
    %src = irdl.base "!builtin.memref"
    %result = irdl.base "!builtin.tensor"
    irdl.operands(src: %src)
    irdl.results(result: %result)
  }

  irdl.operation @into {
    %value = irdl.base "!builtin.tensor"
    %dst = irdl.base "!builtin.memref"
    irdl.operands(value: %value, dst: %dst)
  }

  irdl.operation @materialize {
    %value = irdl.base "!builtin.tensor"
    %result = irdl.base "!builtin.memref"
    irdl.operands(value: %value)
    irdl.results(result: %result)
  }

  // ---- After planning and lowering.

  // The body reads and writes memrefs from outside, and uses scalars from there.
  irdl.operation @fusion {
    %body = irdl.region() with size 1
    irdl.regions(body: %body)
  }

  // The body calls the kernel, with what it takes from outside.
  irdl.operation @launch {
    %clusters = irdl.base "#builtin.integer"
    %cores = irdl.base "#builtin.integer"
    irdl.attributes { "clusters" = %clusters, "cores" = %cores }
    %cluster = irdl.is index
    %core = irdl.is index
    %body = irdl.region(%cluster, %core) with size 1
    irdl.regions(body: %body)
  }

  irdl.operation @barrier {
  }
}
