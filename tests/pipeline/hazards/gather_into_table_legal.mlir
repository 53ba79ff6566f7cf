//@ until: plan
//@ program: run/hazard_gather_into_table_legal.mlir
// The twin in which it is allowed: without a copy.
