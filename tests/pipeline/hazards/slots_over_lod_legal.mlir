//@ until: plan
//@ program: run/hazard_slots_over_lod_legal.mlir
// The twin in which it is allowed: without a copy.
