import XCTest

@testable import Digits

/// Holds the model on the phone to the trained one, and prints how long it takes.
final class GoldenTests: XCTestCase {
    /// Real examples, and the outputs that the training framework gave for them.
    private struct Golden: Decodable {
        let inputs: [String: [Numbers]]
        let outputs: [String: [Numbers]]
    }

    /// A tensor of any rank, as its numbers in order.
    private struct Numbers: Decodable {
        let flat: [Float]

        init(from decoder: Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Float.self) {
                flat = [number]
            } else {
                flat = try value.decode([Numbers].self).flatMap(\.flat)
            }
        }
    }

    private func golden() throws -> Golden {
        let file = Recogniser.folder.appending(path: "golden.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    private func classifier(_ signature: Signature) throws -> Classifier {
        let model = Recogniser.folder.appending(path: signature.artifact)
        return try Classifier(model: model, shape: signature.preprocessing.shape())
    }

    func testReproducesTheTrainedModel() throws {
        let signature = try Signature.read(from: Recogniser.folder)
        let golden = try golden()
        let images = try XCTUnwrap(golden.inputs["image"]).map(\.flat)
        let expected = try XCTUnwrap(golden.outputs["probabilities"]).map(\.flat)
        let classifier = try classifier(signature)
        XCTAssertFalse(images.isEmpty)
        for (image, wanted) in zip(images, expected) {
            check(try classifier.classify(image), wanted, signature.tolerance)
        }
        let time = try medianTime { _ = try classifier.classify(images[0]) }
        print("Golden: median of 200 calls: \(time)")
    }

    private func check(_ actual: [Float], _ wanted: [Float], _ tolerance: Signature.Tolerance) {
        XCTAssertEqual(actual.count, wanted.count)
        for (value, want) in zip(actual, wanted) {
            let allowed = tolerance.absolute + tolerance.relative * abs(want)
            XCTAssertEqual(value, want, accuracy: allowed)
        }
    }

    private func medianTime(of call: () throws -> Void) rethrows -> Duration {
        let times = try (0..<200).map { _ in try ContinuousClock().measure(call) }
        return times.sorted()[times.count / 2]
    }
}
