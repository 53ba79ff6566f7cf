//@ until: plan
//@ program: run/hazard_custom_op_legal.mlir
// The twin in which it is allowed: without a copy.
