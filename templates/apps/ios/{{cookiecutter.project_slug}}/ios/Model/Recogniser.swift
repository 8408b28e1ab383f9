import Foundation

/// What the model says of one picture.
struct Answer {
    let labels: [String]
    let probabilities: [Float]
    let milliseconds: Double
}

/// Loads the model when it is first asked, and runs it away from the screen's thread.
actor Recogniser {
    /// What the app carries of `artifacts/`.
    static let folder = Bundle.main.bundleURL.appending(path: "artifacts")

    private var loaded: (signature: Signature, classifier: Classifier)?

    func answer(for picture: [UInt8], width: Int) throws -> Answer {
        let (signature, classifier) = try load()
        let input = signature.preprocessing.input(from: picture, pictureWidth: width)
        let start = ContinuousClock.now
        let probabilities = try classifier.classify(input)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        return Answer(
            labels: signature.labels,
            probabilities: probabilities,
            milliseconds: milliseconds
        )
    }

    private func load() throws -> (Signature, Classifier) {
        if let loaded { return loaded }
        let signature = try Signature.read(from: Self.folder)
        let model = Self.folder.appending(path: signature.artifact)
        let classifier = try Classifier(model: model, shape: signature.preprocessing.shape())
        loaded = (signature, classifier)
        return (signature, classifier)
    }
}
