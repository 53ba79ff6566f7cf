//@ until: plan
//@ program: run/hazard_slots_over_lod.mlir
// What has to stay, stays.
