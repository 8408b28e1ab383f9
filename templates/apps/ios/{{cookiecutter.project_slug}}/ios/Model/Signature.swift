import Foundation

/// The contents of signature.json, which `export` wrote.
struct Signature: Decodable {
    let artifact: String
    let labels: [String]
    let preprocessing: Preprocessing
    let tolerance: Tolerance

    /// How much the app's outputs may differ from those of the trained model.
    struct Tolerance: Decodable {
        let absolute: Float
        let relative: Float
    }

    /// Returns the signature in a folder of artifacts.
    static func read(from folder: URL) throws -> Signature {
        let json = try Data(contentsOf: folder.appending(path: "signature.json"))
        return try JSONDecoder().decode(Signature.self, from: json)
    }
}
