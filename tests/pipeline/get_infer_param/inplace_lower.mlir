//@ until: lower
//@ program: programs/get_infer_param/inplace.mlir
// The op in its final state: commands, host loops and kernels.
