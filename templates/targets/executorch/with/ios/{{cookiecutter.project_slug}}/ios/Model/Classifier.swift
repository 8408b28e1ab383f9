import ExecuTorch
import Foundation

/// The model, run by ExecuTorch.
final class Classifier {
    private let module: Module
    private let shape: [Int]

    init(model: URL, shape: [Int]) throws {
        module = Module(filePath: model.path)
        self.shape = shape
        try module.load("forward")
    }

    /// Returns the probability of each label for one input.
    func classify(_ input: [Float]) throws -> [Float] {
        let output: Tensor<Float> = try module.forward(Tensor(input, shape: shape))
        return output.scalars()
    }
}
