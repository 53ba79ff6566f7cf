//@ until: plan
//@ program: programs/get_infer_param/inplace.mlir
// The op in its final state: order, buffers and launches are decided.
