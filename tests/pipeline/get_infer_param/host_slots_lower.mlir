//@ until: lower
//@ program: programs/get_infer_param/host_slots.mlir
// The op with slots mapped on the host: commands, host loops and kernels.
