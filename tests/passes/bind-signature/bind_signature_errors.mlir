//@ passes: bind-signature
// A signature that contradicts its program.

// Another function.
// expected-error @below {{signature: expected a function other in the program, found function}}
"xpu.signature"() {
  function = "other",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @function(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Another size than the program yields.
// expected-error @below {{signature: y: the signature declares B, the program yields B + 1}}
"xpu.signature"() {
  function = "size",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @size(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y"}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %B = memref.dim %x, %c0 : memref<?xi32, "device">
  %B1 = arith.addi %B, %c1 : index
  %y = "xpu.alloc"(%B1) : (index) -> memref<?xi32, "device">
  "xpu.cumsum"(%x, %y) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %y : memref<?xi32, "device">
}

// -----

// The program does not yield it.
// expected-error @below {{signature: slots: declared as an output, found none of that name in the program}}
"xpu.signature"() {
  function = "missing",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "slots", type = i32}],
  attributes = []
} : () -> ()

func.func @missing(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// The program yields more.
// expected-error @below {{signature: y: an output of the program, found none of that name in the signature}}
"xpu.signature"() {
  function = "undeclared",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [],
  attributes = []
} : () -> ()

func.func @undeclared(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// An input that the program does not read.
// expected-error @below {{signature: lens: declared as an input, found none of that name in the program}}
"xpu.signature"() {
  function = "input",
  inputs = [{name = "x", type = i32}, {name = "lens", type = i32}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @input(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Inputs are passed by position.
// expected-error @below {{signature: x: expected input number 1, as declared, found it as number 0}}
"xpu.signature"() {
  function = "order",
  inputs = [{name = "z", type = i32}, {name = "x", type = i32}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @order(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}, %z: memref<?xi32, "device"> {xpu.name = "z"}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// An attribute that the program has not.
// expected-error @below {{signature: k: declared as an attribute, found none of that name in the program}}
"xpu.signature"() {
  function = "attribute",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = [{name = "k", type = i32}]
} : () -> ()

func.func @attribute(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Other elements.
// expected-error @below {{signature: y: the signature declares elements of i64, the program yields elements of i32}}
"xpu.signature"() {
  function = "element",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i64, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @element(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Another space.
// expected-error @below {{signature: y: the signature declares the space host, the program yields the space device}}
"xpu.signature"() {
  function = "space",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "host", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @space(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Another rank.
// expected-error @below {{signature: y: the signature declares 2 dimensions, the program yields 1}}
"xpu.signature"() {
  function = "rank",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B", "N"], inplace}],
  attributes = []
} : () -> ()

func.func @rank(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Another size of an input.
// expected-error @below {{signature: x: the signature declares N, the program has B}}
"xpu.signature"() {
  function = "input_size",
  inputs = [{name = "x", type = i32, shape = ["N"]}],
  outputs = [{name = "y", type = i32, space = "device", shape = ["B"], inplace}],
  attributes = []
} : () -> ()

func.func @input_size(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}

// -----

// Another size of a result that stays one.
// expected-error @below {{signature: y: the signature declares B + 1, the program yields B}}
"xpu.signature"() {
  function = "result_size",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "y", type = i32, shape = ["B + 1"]}],
  attributes = []
} : () -> ()

func.func @result_size(%x: memref<?xi32, "device"> {xpu.name = "x", xpu.shape = ["B"]}) -> (memref<?xi32, "device"> {xpu.name = "y", xpu.shape = ["B"]}) {
  return %x : memref<?xi32, "device">
}
