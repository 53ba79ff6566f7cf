//@ until: plan
//@ program: run/hazard_fill_changes.mlir
// What has to stay, stays.
