//@ until: verify
// How an op is declared to its caller. Here it is bound too: what is declared in place becomes an argument.

// An output in place; the attributes of the op stay behind the arrays.
"xpu.signature"() {
  function = "in_place",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = [{name = "k", type = i32}]
} : () -> ()

func.func @in_place(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %k: i32 {xpu.name = "k"})
    -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  %c0 = arith.constant 0 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %y = "xpu.alloc"(%B) : (index) -> memref<?xi32, "device">
  "xpu.broadcast_mul"(%x, %k, %y) : (memref<?xi32, "device">, i32, memref<?xi32, "device">) -> ()
  return %y : memref<?xi32, "device">
}

// -----

// Only what it knows is declared: the space and the sizes are those of the program.
"xpu.signature"() {
  function = "as_it_is",
  inputs = [{name = "x", type = i32}],
  outputs = [{name = "y", type = i32}],
  attributes = []
} : () -> ()

func.func @as_it_is(%x: memref<?xi32, "host"> {xpu.name = "x", xpu.shape = ["B"]}, %f: i1 {xpu.name = "f"})
    -> (memref<?xi32, "host"> {xpu.name = "y"}) {
  return %x : memref<?xi32, "host">
}

// -----

// A caller that passes the buffer as an input declares it in both lists; `inplace` names it.
"xpu.signature"() {
  function = "passed",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}, {name = "buffer", type = i32}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace = "buffer"}],
  attributes = []
} : () -> ()

func.func @passed(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]})
    -> (memref<?xi32, "device"> {xpu.name = "y"}) {
  return %x : memref<?xi32, "device">
}
