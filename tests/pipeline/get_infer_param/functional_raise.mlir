//@ until: raise
//@ program: programs/get_infer_param/functional.mlir
// The op as published before pull request 7431: buffers have become values.
