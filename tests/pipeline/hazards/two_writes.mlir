//@ until: plan
//@ program: run/hazard_two_writes.mlir
// What has to stay, stays.
