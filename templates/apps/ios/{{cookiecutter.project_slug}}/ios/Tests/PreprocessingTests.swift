import XCTest

@testable import Digits

final class PreprocessingTests: XCTestCase {
    private func preprocessing(
        height: Int, width: Int, layout: String = "NHW"
    ) -> Preprocessing {
        Preprocessing(height: height, width: width, layout: layout, scale: 0.5)
    }

    func testScalesEachPixel() {
        let input = preprocessing(height: 2, width: 2)
            .input(from: [0, 10, 20, 30], pictureWidth: 2)
        XCTAssertEqual(input, [0, 5, 10, 15])
    }

    func testAveragesWhatFallsTogether() {
        let input = preprocessing(height: 1, width: 1)
            .input(from: [0, 10, 20, 30], pictureWidth: 2)
        XCTAssertEqual(input, [7.5])
    }

    func testSplitsPixelsBetweenNeighbours() {
        let input = preprocessing(height: 1, width: 2)
            .input(from: [0, 30, 60], pictureWidth: 3)
        XCTAssertEqual(input[0], 5, accuracy: 1e-6)
        XCTAssertEqual(input[1], 25, accuracy: 1e-6)
    }

    func testOrdersTheAxesAsTheSignatureSays() throws {
        XCTAssertEqual(try preprocessing(height: 3, width: 4).shape(), [1, 3, 4])
        let channels = preprocessing(height: 3, width: 4, layout: "NHWC")
        XCTAssertEqual(try channels.shape(), [1, 3, 4, 1])
    }

    /// As crop in prepare.py.
    func testRefusesLayoutsThatOrderThePixelsOtherwise() {
        let unknown = preprocessing(height: 3, width: 4, layout: "NWH")
        XCTAssertThrowsError(try unknown.shape())
    }
}
