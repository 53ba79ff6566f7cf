//@ until: plan
//@ program: run/hazard_slices_of_one.mlir
// What has to stay, stays.
