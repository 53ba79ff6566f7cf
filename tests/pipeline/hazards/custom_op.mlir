//@ until: plan
//@ program: run/hazard_custom_op.mlir
// What has to stay, stays.
