//@ until: raise
//@ program: programs/get_infer_param/inplace.mlir
// The op in its final state: buffers have become values.
