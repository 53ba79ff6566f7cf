//@ until: lower
//@ program: programs/get_infer_param/functional.mlir
// The op as published before pull request 7431: commands, host loops and kernels.
