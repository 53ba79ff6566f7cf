//@ until: verify
// Attributes of the arguments and results of a program.

func.func @program(
    %lens: memref<?xi32, "device"> {xpu.name = "seq_lens_encoder", xpu.shape = ["B"], xpu.noalias},
    %table: memref<?x?xi32, "device"> {xpu.name = "block_tables", xpu.shape = ["B", "N"]},
    %lod: memref<?xi32, "device"> {xpu.name = "encoder_seq_lod", xpu.shape = ["B + 1"], xpu.output, xpu.noalias},
    %splice: i1 {xpu.name = "encoder_splice"},
    %n: i32 {xpu.name = "num_speculative_tokens"})
    -> (memref<?xi32, "device"> {xpu.name = "slot_mapping_enc", xpu.shape = ["sum(seq_lens_encoder)"]}) {
  "xpu.cumsum"(%lens, %lod) {exclusive} : (memref<?xi32, "device">, memref<?xi32, "device">) -> ()
  return %lens : memref<?xi32, "device">
}
