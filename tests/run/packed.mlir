// Values put into an empty one: parts that cannot overlap are written where they belong, others looked up one by one.

!flat = memref<?xi32, "device">
!value = tensor<?xi32, "device">

func.func @packed(
    %x: !flat {xpu.name = "x", xpu.shape = ["B"]}, %at: i32 {xpu.name = "at"},
    %out: !flat {xpu.name = "out", xpu.shape = ["2*B + 1"], xpu.output},
    %over: !flat {xpu.name = "over", xpu.shape = ["B + 2"], xpu.output}) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %b = memref.dim %x, %c0 : !flat
  %first = arith.index_cast %at : i32 to index
  "xpu.fusion"() ({
    %0 = "xpu.read"(%x) : (!flat) -> !value
    %lod = "xpu.cumsum"(%0) {exclusive} : (!value) -> !value
    %n = tensor.dim %lod, %c0 : !value
    %size = arith.addi %n, %b : index
    %e = tensor.empty(%size) : !value
    %p0 = tensor.insert_slice %lod into %e[0] [%n] [1] : !value into !value
    %p1 = tensor.insert_slice %0 into %p0[%n] [%b] [1] : !value into !value
    "xpu.into"(%p1, %out) : (!value, !flat) -> ()
    %more = arith.addi %b, %c2 : index
    %minus = arith.constant -1 : i32
    %pad = "xpu.constant"(%minus, %more) : (i32, index) -> !value
    %q0 = tensor.insert_slice %0 into %pad[%first] [%b] [1] : !value into !value
    %q1 = tensor.insert %at into %q0[%c1] : !value
    "xpu.into"(%q1, %over) : (!value, !flat) -> ()
    vector.yield
  }) : () -> ()
  return
}
