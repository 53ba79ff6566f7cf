"xpu.signature"() {
  function = "lod",
  inputs = [{name = "x", type = i32, space = "device", shape = ["B"]}],
  outputs = [{name = "lod", type = i32, space = "device", shape = ["B + 1"], inplace}],
  attributes = []
} : () -> ()
