//@ until: shape
//@ program: programs/get_infer_param/inplace.mlir
// The op in its final state: every size is known.
