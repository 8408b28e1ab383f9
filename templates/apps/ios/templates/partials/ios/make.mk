
ios: ## make the Xcode project of the iOS app (needs XcodeGen)
	cd ios && xcodegen generate

.PHONY: ios
