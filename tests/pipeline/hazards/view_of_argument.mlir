//@ until: plan
//@ program: run/hazard_view_of_argument.mlir
// What has to stay, stays.
