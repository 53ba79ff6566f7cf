//@ until: plan
//@ program: run/hazard_view_of_argument_legal.mlir
// The twin in which it is allowed: without a copy.
