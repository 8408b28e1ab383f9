import Foundation

/// What `export` wrote of the model to signature.json.
struct Signature: Decodable {
    let artifact: String
    let labels: [String]
    let preprocessing: Preprocessing
    let tolerance: Tolerance

    /// How far from the trained model's outputs the app's may lie.
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
