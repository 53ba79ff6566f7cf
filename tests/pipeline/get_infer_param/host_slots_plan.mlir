//@ until: plan
//@ program: programs/get_infer_param/host_slots.mlir
// The op with slots mapped on the host: order, buffers and launches are decided.
