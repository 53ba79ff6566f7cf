//@ until: plan
//@ program: run/hazard_source_written_legal.mlir
// The twin in which it is allowed: without a copy.
