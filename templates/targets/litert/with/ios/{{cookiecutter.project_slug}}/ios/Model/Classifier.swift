import Foundation
import LiteRT

/// The model, run by LiteRT.
final class Classifier {
    private let model: CompiledModel
    private let inputs: [TensorBuffer]
    private let outputs: [TensorBuffer]

    init(model file: URL, shape _: [Int]) throws {
        let options = try Options()
        try options.setHardwareAccelerators([.cpu])
        model = try CompiledModel(
            filePath: file.path,
            environment: Environment(),
            options: options
        )
        inputs = try model.createInputBuffers()
        outputs = try model.createOutputBuffers()
    }

    /// Returns the probability of each label for one input.
    func classify(_ input: [Float]) throws -> [Float] {
        try inputs[0].write(input)
        try model.run(inputs: inputs, outputs: outputs)
        return try outputs[0].read()
    }
}
