//@ until: plan
//@ program: run/hazard_staging_legal.mlir
// The twin in which it is allowed: without a copy.
