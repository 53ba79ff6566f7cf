//@ passes: simplify

// Whatever the mask says, it is x.
func.func @select_same(%in: memref<?xi32, "device"> {xpu.shape = ["n"]}, %mask: memref<?xi1, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %x = "xpu.read"(%in) : (memref<?xi32, "device">) -> tensor<?xi32, "device">
  %m = "xpu.read"(%mask) : (memref<?xi1, "device">) -> tensor<?xi1, "device">
  %y = "xpu.select"(%m, %x, %x) : (tensor<?xi1, "device">, tensor<?xi32, "device">, tensor<?xi32, "device">) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}

// -----

// Two scalars: the select makes a tensor of them and stays.
func.func @select_scalars(%k: i32, %mask: memref<?xi1, "device"> {xpu.shape = ["n"]}, %out: memref<?xi32, "device"> {xpu.shape = ["n"], xpu.noalias}) {
  %m = "xpu.read"(%mask) : (memref<?xi1, "device">) -> tensor<?xi1, "device">
  %y = "xpu.select"(%m, %k, %k) : (tensor<?xi1, "device">, i32, i32) -> tensor<?xi32, "device">
  "xpu.into"(%y, %out) : (tensor<?xi32, "device">, memref<?xi32, "device">) -> ()
  return
}
