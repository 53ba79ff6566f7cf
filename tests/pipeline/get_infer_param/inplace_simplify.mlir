//@ until: simplify
//@ program: programs/get_infer_param/inplace.mlir
// The op in its final state: the cheapest equal program has been found.
