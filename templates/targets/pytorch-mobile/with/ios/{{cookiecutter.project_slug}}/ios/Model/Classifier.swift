import Foundation

/// The model, run by PyTorch Mobile's lite interpreter.
final class Classifier {
    private let module: LiteModule
    private let shape: [NSNumber]

    init(model: URL, shape: [Int]) throws {
        module = try LiteModule(path: model.path)
        self.shape = shape.map { NSNumber(value: $0) }
    }

    /// Returns the probability of each label for one input.
    func classify(_ input: [Float]) throws -> [Float] {
        let bytes = input.withUnsafeBytes { Data($0) }
        let output = try module.forward(bytes, shape: shape)
        return output.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
}
