//@ until: simplify
//@ program: programs/get_infer_param/host_slots.mlir
// The op with slots mapped on the host: the cheapest equal program has been found.
