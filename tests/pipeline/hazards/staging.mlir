//@ until: plan
//@ program: run/hazard_staging.mlir
// What has to stay, stays.
